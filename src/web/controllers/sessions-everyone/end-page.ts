import type { Services } from '../../../services.ts'
import { meantToEnd } from '../../administration/end-of-sessions.ts'
import { endingPage, nothingToEnd } from '../../administration/ending-page.ts'
import type { Controller } from '../../page.ts'

export default ({ clock }: Pick<Services, 'clock'>): Controller =>
  async ({ session, query }) => {
    const meant = meantToEnd(query, await session.everyone(), clock())
    return meant ? endingPage(meant) : nothingToEnd()
  }
