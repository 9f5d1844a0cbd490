using System.Runtime.InteropServices;
using Sampan.Linux.Processes;
using Sampan.Runtime.Start;

namespace Sampan.Oci.Commands;

/// <summary>A container that its caller waits for: what is sent to this process is passed on.</summary>
internal static class Foreground
{
    private static readonly int[] Forwarded = [1, 2, 3, 10, 12, 15]; // HUP INT QUIT USR1 USR2 TERM

    public static int Wait(ContainerProcess process)
    {
        List<PosixSignalRegistration> registrations = [];
        try
        {
            foreach (int signal in Forwarded)
            {
                registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
                {
                    context.Cancel = true;
                    Waiting.Signal(process.PidFd, signal);
                }));
            }
            return process.Reap();
        }
        finally
        {
            foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
        }
    }
}
