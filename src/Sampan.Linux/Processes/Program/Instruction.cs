using System.Runtime.InteropServices;

namespace Sampan.Linux.Processes.Program;

/// <summary>One system call that a cloned child makes, with what follows from its result. Blittable: it lives in native memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Instruction
{
    /// <summary>A pseudo call: fails with errno A3 unless the 32 bits at A0, masked by A2, equal A1.</summary>
    public const int Compare = -1;

    /// <summary>A pseudo call: fails with errno A0.</summary>
    public const int Fail = -2;

    /// <summary>A pseudo call: does nothing but to continue at <see cref="OnSuccess"/>.</summary>
    public const int Jump = -3;

    /// <summary>A pseudo call: its result is A0 plus A1.</summary>
    public const int Add = -4;

    /// <summary>The system call's number, or one of the pseudo calls.</summary>
    public int Number;

    /// <summary>Which step of the plan this belongs to: reported on failure.</summary>
    public int Step;

    /// <summary>Bit n: argument n is the address of an int cell that holds the value.</summary>
    public int Indirect;

    /// <summary>Non-zero: start again on EINTR and EAGAIN.</summary>
    public int Retry;

    public nint A0;
    public nint A1;
    public nint A2;
    public nint A3;
    public nint A4;
    public nint A5;

    /// <summary>Where the result is kept, or null.</summary>
    public int* Result;

    /// <summary>Distance to the next instruction after success: 1 unless it is a jump.</summary>
    public int OnSuccess;

    public int FirstErrno;
    public int OnFirstErrno;
    public int SecondErrno;
    public int OnSecondErrno;
    public int ThirdErrno;
    public int OnThirdErrno;
}
