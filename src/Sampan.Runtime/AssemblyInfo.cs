using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Sampan.Tests")]
