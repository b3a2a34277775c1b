import Bowser from 'bowser'
import { worstCaseSeconds } from '../../gate/worst-case.ts'
import type { Services } from '../../services.ts'
import { type Controller, view } from '../page.ts'
import { instantOf, lengthOf } from '../shell/instant.ts'

export default ({ clock, config }: Pick<Services, 'clock' | 'config'>): Controller => {
  const cases = config.gates.map(gate => worstCaseSeconds(config.membership, gate))
  const whileAnswered = Math.max(...cases.map(each => each.whileAnswered))
  const whateverFails = Math.max(...cases.map(each => each.whateverFails))
  return async ({ session }) => {
    const now = clock()
    const sessions = (await session.own()).map(({ handle, isThisOne, record }) => ({
      handle,
      isThisOne,
      browser: browserName(record.browser),
      signedInAt: instantOf(new Date(record.signedInAt), now),
      lastSeenAt: instantOf(new Date(isThisOne ? now : record.lastSeenAt), now),
    }))
    return view('sessions', 'Your sessions', {
      sessions,
      whileAnswered: lengthOf(whileAnswered * 1000),
      whateverFails: lengthOf(whateverFails * 1000),
    })
  }
}

function browserName(userAgent: string): string {
  if (!userAgent) return 'Unknown browser'
  const { browser, os } = Bowser.parse(userAgent)
  return [browser.name || 'Unknown browser', os.name && `on ${os.name}`].filter(Boolean).join(' ')
}
