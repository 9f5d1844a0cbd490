namespace Sampan.Cli.Output;

/// <summary>Durations in the words that docker uses: <c>About a minute</c>, <c>3 hours</c>.</summary>
internal static class HumanTime
{
    private const int DaysPerWeek = 7;
    private const int DaysPerMonth = 30;
    private const int DaysPerYear = 365;

    public static string Of(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "Less than a second",
        { TotalSeconds: < 2 } => "1 second",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} seconds",
        { TotalMinutes: < 2 } => "About a minute",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} minutes",
        { TotalHours: < 2 } => "About an hour",
        { TotalHours: < 48 } => $"{(int)span.TotalHours} hours",
        { TotalDays: < 2 * DaysPerWeek } => $"{(int)span.TotalDays} days",
        { TotalDays: < 2 * DaysPerMonth } => $"{(int)span.TotalDays / DaysPerWeek} weeks",
        { TotalDays: < 2 * DaysPerYear } => $"{(int)span.TotalDays / DaysPerMonth} months",
        _ => $"{(int)span.TotalDays / DaysPerYear} years",
    };

    public static string Ago(DateTimeOffset then, DateTimeOffset now) => Of(now - then) + " ago";
}
