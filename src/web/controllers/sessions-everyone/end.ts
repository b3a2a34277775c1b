import type { Services } from '../../../services.ts'
import { commentIn } from '../../administration/comment.ts'
import { meantToEnd, saidEnded } from '../../administration/end-of-sessions.ts'
import { endingPage, nothingToEnd } from '../../administration/ending-page.ts'
import { everyonePath } from '../../administration/everyone-model.ts'
import { type Controller, redirect } from '../../page.ts'

export default ({ clock }: Pick<Services, 'clock'>): Controller =>
  async ({ session, person, form }) => {
    const meant = meantToEnd(form, await session.everyone(), clock())
    if (!meant) return nothingToEnd()
    const { comment, fault } = commentIn(form)
    if (fault) return endingPage(meant, { comment, fault })
    const ended = await session.endEveryones({ actor: person, ...meant.order, reason: comment })
    return meant.isOwnToo ? redirect('/auth/signed-out') : redirect(everyonePath, { notice: saidEnded(ended) })
  }
