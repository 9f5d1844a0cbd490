namespace Sampan.Runtime.Start;

/// <summary>How likely the kernel is to end a process when memory is short, proc_pid_oom_score_adj(5).</summary>
internal static class OomScore
{
    /// <summary>By the parent, who may have rights that a user namespace takes from the child.</summary>
    public static void Adjust(int pid, int score)
    {
        try
        {
            File.WriteAllText($"/proc/{pid}/oom_score_adj", $"{score}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"process.oomScoreAdj: write(/proc/{pid}/oom_score_adj, {score}): {error.Message}; hint: a lower score than the caller's needs CAP_SYS_RESOURCE");
        }
    }
}
