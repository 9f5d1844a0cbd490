using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sampan.Cli.Output;

/// <summary>Writes JSON objects for scripts.</summary>
internal static class JsonLine
{
    /// <summary>One object on one line, so that output can be read line by line.</summary>
    public static void Write(TextWriter output, params ReadOnlySpan<(string Name, string Value)> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, string value) in members) writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n");
    }
}
