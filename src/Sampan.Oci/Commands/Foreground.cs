using System.Runtime.InteropServices;
using Sampan.Linux.Events;
using Sampan.Runtime.Start;

namespace Sampan.Oci.Commands;

/// <summary>A container that its caller waits for: what is sent to this process is passed on.</summary>
internal static class Foreground
{
    private static readonly int[] Forwarded =
    [
        SignalNumber.HangUp, SignalNumber.Interrupt, SignalNumber.Quit, SignalNumber.User1, SignalNumber.User2, SignalNumber.Terminate,
    ];

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
                    PidFd.TrySignal(process.PidFd, signal);
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
