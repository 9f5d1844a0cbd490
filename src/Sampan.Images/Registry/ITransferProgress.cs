namespace Sampan.Images.Registry;

/// <summary>Is told how a transfer goes on, from several threads.</summary>
public interface ITransferProgress
{
    /// <param name="id">The short digest of a blob.</param>
    /// <param name="what">What is done with it: <c>pulling</c>.</param>
    /// <param name="doneBytes">Of <paramref name="totalBytes"/>.</param>
    void Report(string id, string what, long doneBytes, long totalBytes);
}
