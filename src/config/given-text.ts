import { readFileSync } from 'node:fs'

/** The text of a setting, as every setting is read: without spaces, line breaks and an editor's byte order mark around it. */
export const trimmed = (text: string): string => text.trim()

/** Whether quotes surround a value: the tool that set it took them for a part of the value. */
export const isQuoted = (value: string): boolean => /^(["']).*\1$/s.test(value)

/** The trimmed text of a file, or why there is none. */
export function textOf(file: string): { text?: string; why?: string } {
  try {
    const text = trimmed(readFileSync(file, 'utf8'))
    return text ? { text } : { why: 'it is empty' }
  } catch (error) {
    return { why: String((error as NodeJS.ErrnoException).code) }
  }
}
