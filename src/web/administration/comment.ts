import { isReason, oneLine, textIn } from '../../pim/wish/form.ts'

/** The comment of a form, on one line, with its fault where it says nothing. */
export function commentIn(form: unknown): { comment: string; fault?: string } {
  const comment = oneLine(textIn(form, 'comment'))
  return isReason(comment) ? { comment } : { comment, fault: 'Say why, in 10 to 500 characters. The person is told.' }
}
