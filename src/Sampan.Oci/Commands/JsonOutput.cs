using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sampan.Oci.Commands;

/// <summary>JSON for people and scripts.</summary>
internal static class JsonOutput
{
    public static string Indented(Action<Utf8JsonWriter> write) => Text(write, indented: true);

    public static string Compact(Action<Utf8JsonWriter> write) => Text(write, indented: false);

    private static string Text(Action<Utf8JsonWriter> write, bool indented)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(json);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
