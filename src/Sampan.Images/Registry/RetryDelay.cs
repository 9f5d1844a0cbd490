using System.Net;
using System.Net.Http.Headers;

namespace Sampan.Images.Registry;

/// <summary>When to try again what may work the next time: after what the server says, else twice as long each time.</summary>
internal static class RetryDelay
{
    public const int MaxAttempts = 6;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static bool IsWorthwhile(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
        || ((int)status >= 500 && status is not (HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported));

    /// <param name="attempt">0 for the first that failed.</param>
    public static TimeSpan Of(int attempt, RetryConditionHeaderValue? retryAfter = null)
    {
        TimeSpan? told = retryAfter?.Delta ?? (retryAfter?.Date is { } date ? date - DateTimeOffset.UtcNow : null);
        if (told is { } wait && wait >= TimeSpan.Zero) return wait < Longest ? wait : Longest;
        // not all at the same moment
        return First * Math.Pow(2, attempt) * (0.75 + (Random.Shared.NextDouble() / 2));
    }
}
