import { type Person, people, personBy } from './people.ts'

export type Mail = { at: Date; to: string; subject: string; person: string; until?: Date | undefined; reason: string }
/** Without `until` the news is about something that has no end. */
export type News = { subject: string; until?: Date | undefined; reason: string }

export type Mailbox = ReturnType<typeof createMailbox>

/** The e-mails PIM would have sent: to the person and to the administrators, unless others are named. */
export function createMailbox(clock: () => Date) {
  const mails: Mail[] = []
  return { mails, notify }

  function notify(person: Person, news: News, to: readonly Person[] = [person, ...administrators]): void {
    const recipients = new Set(to.map(each => each.email ?? each.username))
    for (const recipient of recipients) mails.push({ at: clock(), to: recipient, person: person.key, ...news })
  }
}

const administrators = people.filter(each => each.globalAdministrator)

export const peopleBy = (keys: readonly string[]): Person[] => keys.map(personBy)
