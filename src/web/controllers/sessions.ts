import Bowser from 'bowser'
import type { Services } from '../../services.ts'
import { instant } from '../instant.ts'
import { type Controller, view } from '../page.ts'

export default ({ clock }: Pick<Services, 'clock'>): Controller =>
  async ({ session }) => {
    const now = clock()
    const sessions = (await session.own()).map(({ handle, isThisOne, record }) => ({
      handle,
      isThisOne,
      browser: browserName(record.browser),
      signedInAt: instant(new Date(record.signedInAt), now),
      lastSeenAt: instant(new Date(isThisOne ? now : record.lastSeenAt), now),
    }))
    return view('sessions', 'Your sessions', { sessions })
  }

function browserName(userAgent: string): string {
  if (!userAgent) return 'Unknown browser'
  const { browser, os } = Bowser.parse(userAgent)
  return [browser.name || 'Unknown browser', os.name && `on ${os.name}`].filter(Boolean).join(' ')
}
