import { nearest } from './nearest.ts'
import { ofService } from './number-kinds.ts'
import { settings } from './settings.ts'

const families = ['ENTRA_', 'SESSION_', 'MEMBERSHIP_', 'PIM_', 'REDIS_', 'GATES_', 'ADMIN_', 'AUDITOR_', 'AUDIT_']

/** A line for each variable that we ignore although somebody means us by it, most often a misspelt setting. */
export function unknownSettings(environment: Readonly<Record<string, string | undefined>>): string[] {
  return [...misspelt(environment), ...unusedProxies(environment), ...ofWhatIsAbsent(environment)]
}

/** Variables that many programs read, and we do not. */
function unusedProxies(environment: Readonly<Record<string, string | undefined>>): string[] {
  if (['HTTPS_PROXY', 'https_proxy', 'HTTPS_PROXY_FILE'].some(name => environment[name])) return []
  return ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
    .filter(name => environment[name])
    .map(name => `${name} is not looked at: all calls are https, for which HTTPS_PROXY counts`)
}

/** Settings of something that another setting makes, and that one is missing. */
function ofWhatIsAbsent(environment: Readonly<Record<string, string | undefined>>): string[] {
  const isGiven = (name: string) => Boolean(environment[name] || environment[`${name}_FILE`])
  return Object.entries(needed)
    .filter(([name, ids]) => isGiven(name) && !ids.some(isGiven))
    .map(([name, ids]) => `${name} is not looked at: there is no ${ids.join(' and no ')}`)
}

const needed = {
  ADMIN_GROUP_NAME: ['ADMIN_GROUP_ID'],
  AUDITOR_GROUP_NAME: ['AUDITOR_GROUP_ID'],
  ADMIN_AUTH_CONTEXT_ID: ['ADMIN_GROUP_ID', 'AUDITOR_GROUP_ID'],
  AUDIT_WEBHOOK_SECRET: ['AUDIT_WEBHOOK_URL'],
}

function misspelt(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.keys(settings).flatMap(name => [name, `${name}_FILE`])
  return Object.keys(environment)
    .filter(name => families.some(family => name.startsWith(family)) && !known.includes(name))
    .filter(name => !isOfService(name, environment[name]))
    .map(name => `${name} is not a setting; the nearest is ${nearest(name, known)}`)
}

/**
 * Whether Kubernetes has set a variable for a Service of the namespace: a Service with the name redis is no misspelt setting.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const isOfService = (name: string, value = '') =>
  /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith('_PORT') && ofService.test(value))
