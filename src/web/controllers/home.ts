import type { Services } from '../../services.ts'
import { type Controller, view } from '../page.ts'
import { instantOf, lengthOf } from '../shell/instant.ts'

export default ({ clock, config, gates }: Pick<Services, 'clock' | 'config' | 'gates'>): Controller =>
  async ({ person, session: { record, gate, membership, access } }) => {
    const [now, shown] = [clock(), await access()]
    const { signedInAt } = record
    const until = shown.state === 'on' ? shown.until : undefined
    return view('home', 'Your access', {
      name: person.name,
      username: person.username,
      groupName: gates.named(gate).title,
      provenAt: instantOf(new Date(membership === 'unknown' ? signedInAt : membership.provenAt), now),
      accessEndsAt: until === undefined ? undefined : instantOf(new Date(until), now),
      signedInAt: instantOf(new Date(signedInAt), now),
      endsAt: instantOf(new Date(signedInAt + config.session.maxMs), now),
      idleTime: lengthOf(config.session.idleMs),
    })
  }
