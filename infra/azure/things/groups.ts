import { createHash } from 'node:crypto'
import type { Group } from '@microsoft/microsoft-graph-types'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import { checkFit, findGroup } from './find-group.ts'
import { isObjectId, noteId } from './named.ts'

type GroupWish = { name: string; description: string; isRoleAssignable: boolean }

/** A security group. Whether roles can be assigned to it is decided when it is made, and never after. */
export function groupThing({ name, description, isRoleAssignable }: GroupWish, { graph }: Given): Thing {
  const find = () => findGroup(graph, name)
  return {
    object: `group ${name}`,
    async read(known) {
      const found = await find()
      if (found === undefined) return void refuseMissing(name)
      checkFit(found, name)
      if (isRoleAssignable && found.isAssignableToRole !== true) throw notAssignable(name)
      noteId(known.groups, name, found.id)
      return { security: true, roleAssignable: found.isAssignableToRole === true }
    },
    after: (_known, before) => before ?? { security: true, roleAssignable: isRoleAssignable },
    async write() {
      const body: Group = {
        displayName: name,
        description,
        mailEnabled: false,
        mailNickname: plainName(name),
        securityEnabled: true,
        // Graph refuses a second group with the same one, so that an interrupted run makes no second group.
        uniqueName: `gatehouse-${plainName(name)}-${digestOf(name)}`,
        ...(isRoleAssignable && { isAssignableToRole: true }),
      }
      await graph.create({ path: '/groups', body, find, isUnique: true })
    },
  }
}

function refuseMissing(name: string): void {
  if (isObjectId(name))
    throw new Stop(exits.failed, `There is no group with the id ${name}. Write its name, and it is made.`)
}

const notAssignable = (name: string): Stop =>
  new Stop(
    exits.failed,
    `The group "${name}" exists, and roles cannot be assigned to it. That is decided when a group is made. Name a group that does not exist yet, or write "protection": "none" and know that any administrator of groups can add themselves to it.`,
  )

/** Names of other letters, or with other marks, may be the same in plain ones. Case means nothing to Entra. */
const digestOf = (name: string): string => createHash('sha256').update(name.toLowerCase()).digest('hex').slice(0, 12)

/** Letters and digits only, as mail nicknames and unique names take them. */
const plainName = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'group'
