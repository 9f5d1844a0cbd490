namespace Sampan.CloneStress;

/// <summary>Threads that allocate without pause, and one collection after another: the worst moment to be cloned.</summary>
internal sealed class Allocator
{
    private readonly List<Thread> _threads = [];
    private volatile bool _ended;

    public Allocator(int threads)
    {
        for (int i = 0; i < threads; i++) _threads.Add(new Thread(i == 0 ? Collect : Allocate));
        foreach (Thread thread in _threads) thread.Start();
    }

    public void End()
    {
        _ended = true;
        foreach (Thread thread in _threads) thread.Join();
    }

    // one of the threads also asks for collections, so that nearly every clone has one pending or under way
    private void Collect()
    {
        while (!_ended)
        {
            Fill();
            GC.Collect();
        }
    }

    private void Allocate()
    {
        while (!_ended) Fill();
    }

    private static void Fill()
    {
        object[] kept = new object[64];
        for (int i = 0; i < 2000; i++) kept[i % kept.Length] = new byte[100 + i];
        GC.KeepAlive(kept);
    }
}
