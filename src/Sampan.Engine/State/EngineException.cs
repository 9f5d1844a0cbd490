namespace Sampan.Engine.State;

/// <summary>What a person asked for can not be done; the message is the whole error line.</summary>
public sealed class EngineException : Exception
{
    public EngineException(string message)
        : base(message)
    {
    }

    public EngineException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
