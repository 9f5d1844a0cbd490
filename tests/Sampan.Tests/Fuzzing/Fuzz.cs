using System.Diagnostics;
using System.Globalization;

namespace Sampan.Tests.Fuzzing;

/// <summary>
/// Rounds of a fuzzer, each with a seed of its own: two seconds of them from a seed that the clock gives. SAMPAN_FUZZ_SECONDS is
/// another time, and SAMPAN_TEST_SEED the seed to begin with, as a failure prints it.
/// </summary>
internal static class Fuzz
{
    private const double SecondsByDefault = 2;

    public static void Run(ITestOutputHelper output, Action<int> round)
    {
        double seconds = Variable("SAMPAN_FUZZ_SECONDS") is { } time ? double.Parse(time, CultureInfo.InvariantCulture) : SecondsByDefault;
        int first = Variable("SAMPAN_TEST_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture)
            : (int)(DateTime.UtcNow.Ticks / TimeSpan.TicksPerSecond % 2_000_000) * 1000;
        Stopwatch watch = Stopwatch.StartNew();
        int seed = first;
        do
        {
            try
            {
                round(seed);
            }
            catch (Exception error)
            {
                Assert.Fail($"SAMPAN_TEST_SEED={seed}: {error}");
            }
            seed = unchecked(seed + 1);
        }
        while (watch.Elapsed.TotalSeconds < seconds);
        output.WriteLine($"{unchecked(seed - first)} rounds from SAMPAN_TEST_SEED={first}");
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
