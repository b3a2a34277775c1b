import { type Reply, redirect, view } from '../page.ts'
import type { MeantToEnd } from './end-of-sessions.ts'
import { endEveryonePath, everyonePath } from './everyone-model.ts'

/** The page on which an administrator says why these sessions are to end; with what was typed before, and its fault. */
export const endingPage = (
  { what, fields, button }: MeantToEnd,
  typed: { comment?: string; fault?: string } = {},
): Reply => {
  const { comment = '', fault = '' } = typed
  const act = {
    id: 'end',
    post: endEveryonePath,
    fields,
    what,
    button,
    back: everyonePath,
    label: 'Reason',
    hint: 'The person is told, and it stands in the trail.',
    comment,
    error: fault,
  }
  const errors = fault ? [{ field: 'end-comment', text: fault }] : []
  return view('end-everyones', 'End sessions', { act, errors }, { status: fault ? 422 : 200, isUnfinished: true })
}

/** Nothing that was named is open any more, or nothing was named. */
export const nothingToEnd = (): Reply =>
  redirect(everyonePath, { notice: { text: 'Nothing ended: that session was over already.', tone: 'attention' } })
