/** What a command meets outside itself. Tests hand in others. */
export type Surroundings = {
  env: Readonly<Record<string, string | undefined>>
  /** The text of a file. Throws an error with a `code` where it cannot be read. */
  readText(path: string): Promise<string>
  /** All of standard input. */
  standardInput(): Promise<string>
  /** A result, on standard output. */
  print(text: string): void
  /** A word to whoever runs the command, on standard error. */
  tell(text: string): void
  /** Asks whoever sits at the terminal for a yes. Absent where nobody sits there. */
  confirm?: ((question: string) => Promise<boolean>) | undefined
  fetch: typeof globalThis.fetch
  clock: () => Date
  sleep: (ms: number) => Promise<void>
}
