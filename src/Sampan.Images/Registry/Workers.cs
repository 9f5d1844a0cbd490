using System.Runtime.ExceptionServices;

namespace Sampan.Images.Registry;

/// <summary>Threads that wait most of their time: not those of the pool, of which there are as many as processors.</summary>
internal static class Workers
{
    /// <summary>Does all of <paramref name="count"/>, several at once. After a failure nothing new is begun; the first is thrown.</summary>
    public static void Run(int count, int atOnce, Action<int> work)
    {
        int next = -1;
        ExceptionDispatchInfo? failed = null;
        void Loop()
        {
            int i;
            while (Volatile.Read(ref failed) is null && (i = Interlocked.Increment(ref next)) < count)
            {
                try
                {
                    work(i);
                }
                catch (Exception e)
                {
                    // whatever it is: it is the caller's to handle
                    Interlocked.CompareExchange(ref failed, ExceptionDispatchInfo.Capture(e), null);
                }
            }
        }
        List<Thread> threads = [];
        for (int i = 1; i < Math.Min(count, atOnce); i++)
        {
            Thread thread = new(Loop) { IsBackground = true, Name = "transfer" };
            threads.Add(thread);
            thread.Start();
        }
        Loop();
        foreach (Thread thread in threads) thread.Join();
        failed?.Throw();
    }
}
