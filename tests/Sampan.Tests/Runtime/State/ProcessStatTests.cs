using Sampan.Linux.Processes;
using Sampan.Runtime.State;

namespace Sampan.Tests.Runtime.State;

public sealed class ProcessStatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sampan-stat-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("plain")]
    [InlineData("two words")]
    [InlineData(") R 1 1 (")]
    [InlineData("((()))")]
    [InlineData("a) Z 0 0")]
    public void A_process_is_read_whatever_its_name_is(string name)
    {
        string program = $"{_folder}/{name}"; // the kernel takes the first 15 bytes of the file's name as the process's
        File.Copy("/bin/sleep", program);
        ulong before = ProcessStat.Of(Environment.ProcessId)!.Value.StartTicks;
        Child child = Spawn.Start(program, [program, "60"], []);
        try
        {
            ProcessStat stat = ProcessStat.Of(child.ProcessId)!.Value;

            Assert.Contains(stat.State, "RSD");
            Assert.InRange(stat.StartTicks, before, before + 100 * 3600); // 100 ticks a second, and these tests take no hour
        }
        finally
        {
            using var handle = System.Diagnostics.Process.GetProcessById(child.ProcessId);
            handle.Kill();
            child.Wait();
        }
        Assert.Null(ProcessStat.Of(child.ProcessId));
    }

    [Fact]
    public void There_is_nothing_to_read_of_a_process_that_is_not_there() => Assert.Null(ProcessStat.Of(int.MaxValue));
}
