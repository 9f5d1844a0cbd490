using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

[assembly: SuppressMessage("Interoperability", "CA1416", Justification = "the whole program runs on Linux only")]
[assembly: InternalsVisibleTo("Sampan.Tests")]
