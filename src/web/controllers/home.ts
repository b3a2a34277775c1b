import type { Services } from '../../services.ts'
import { type Controller, view } from '../page.ts'
import { duration, instant } from '../shell/instant.ts'

export default ({ clock, config }: Pick<Services, 'clock' | 'config'>): Controller =>
  async ({ person, session: { record, membership, access } }) => {
    const [now, shown] = [clock(), await access()]
    const { signedInAt } = record
    const until = shown.state === 'on' ? shown.until : undefined
    return view('home', 'Your access', {
      name: person.name,
      username: person.username,
      groupName: config.access.groupName,
      provenAt: instant(new Date(membership === 'unknown' ? signedInAt : membership.provenAt), now),
      accessEndsAt: until === undefined ? undefined : instant(new Date(until), now),
      signedInAt: instant(new Date(signedInAt), now),
      endsAt: instant(new Date(signedInAt + config.session.maxMs), now),
      idleTime: duration(config.session.idleMs),
    })
  }
