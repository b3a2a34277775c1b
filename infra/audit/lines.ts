/** No record comes near it. What is longer is cut off, so that no file fills the memory. */
const mostCharacters = 4 * 1024 * 1024

/**
 * The lines of a text that comes in pieces. Only a newline ends a line: other characters that some readers take for one may
 * stand in a record.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const parts = piece.split('\n')
    parts[0] = rest + parts[0]
    rest = (parts.pop() ?? '').slice(0, mostCharacters)
    yield* parts
  }
  if (rest !== '') yield rest
}
