using Sampan.Linux.Errors;

namespace Sampan.Linux.Processes.Program;

/// <summary>What is to follow from the result of the system call just added to a <see cref="ChildProgram"/>.</summary>
public readonly struct CallBuilder
{
    private readonly ChildProgram _program;
    private readonly int _index;

    internal CallBuilder(ChildProgram program, int index)
    {
        _program = program;
        _index = index;
    }

    /// <summary>Keeps the result.</summary>
    public unsafe CallBuilder Into(Cell cell)
    {
        _program[_index].Result = (int*)cell.Address;
        return this;
    }

    /// <summary>Makes the call again on EINTR and EAGAIN.</summary>
    public CallBuilder Retry()
    {
        _program[_index].Retry = 1;
        return this;
    }

    /// <summary>Goes on with the next instruction although the call failed with <paramref name="errno"/>.</summary>
    public CallBuilder Ignore(Errno errno) => On(errno, 1);

    /// <summary>Continues at <paramref name="label"/> when the call failed with <paramref name="errno"/>.</summary>
    public CallBuilder On(Errno errno, Label label)
    {
        int slot = On(errno, 0)._program.LastSlot;
        _program.Patch(_index, slot, label);
        return this;
    }

    /// <summary>Continues at <paramref name="label"/> when the call succeeded.</summary>
    public CallBuilder OnSuccess(Label label)
    {
        _program.Patch(_index, 0, label);
        return this;
    }

    private CallBuilder On(Errno errno, int distance)
    {
        ref Instruction instruction = ref _program[_index];
        if (instruction.FirstErrno == 0)
        {
            (instruction.FirstErrno, instruction.OnFirstErrno, _program.LastSlot) = ((int)errno, distance, 1);
        }
        else if (instruction.SecondErrno == 0)
        {
            (instruction.SecondErrno, instruction.OnSecondErrno, _program.LastSlot) = ((int)errno, distance, 2);
        }
        else if (instruction.ThirdErrno == 0)
        {
            (instruction.ThirdErrno, instruction.OnThirdErrno, _program.LastSlot) = ((int)errno, distance, 3);
        }
        else throw new InvalidOperationException("an instruction handles at most three error numbers");
        return this;
    }
}
