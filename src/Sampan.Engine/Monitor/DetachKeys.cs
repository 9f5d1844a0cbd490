namespace Sampan.Engine.Monitor;

/// <summary>Finds Ctrl-P Ctrl-Q in what a user types. A Ctrl-P is held back until the next key is known.</summary>
public sealed class DetachKeys
{
    private const byte First = 0x10;
    private const byte Second = 0x11;

    private bool _held;

    /// <summary>Appends what is to be passed on; true when the keys were typed, what follows them is dropped.</summary>
    public bool Filter(ReadOnlySpan<byte> typed, ByteQueue passedOn)
    {
        foreach (byte key in typed)
        {
            if (_held && key == Second) return true;
            if (_held) passedOn.Append([First]);
            _held = key == First;
            if (!_held) passedOn.Append([key]);
        }

        return false;
    }
}
