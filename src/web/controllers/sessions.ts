import { worstCaseSeconds } from '../../gate/worst-case.ts'
import type { Services } from '../../services.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import { type Controller, view } from '../page.ts'
import { browserName } from '../shell/browser-name.ts'
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
      ...addressesOf(record),
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

/** The address of the last use is said only where it is another than that of the sign-in. */
const addressesOf = ({ signedInFrom = '', lastSeenFrom = '' }: SessionRecord) => ({
  signedInFrom,
  lastSeenFrom: lastSeenFrom === signedInFrom ? '' : lastSeenFrom,
})
