/** An authentication strength as Graph keeps it. A combination is one text: methods with commas between them. */
export type Strength = {
  id: string
  createdDateTime: string
  modifiedDateTime: string
  displayName: string
  description: string | null
  policyType: 'builtIn' | 'custom'
  requirementsSatisfied: 'mfa' | 'none'
  allowedCombinations: readonly string[]
}

/** The methods of Graph's `authenticationMethodModes`, in its order. */
export const methodModes = [
  'password',
  'voice',
  'hardwareOath',
  'softwareOath',
  'sms',
  'fido2',
  'windowsHelloForBusiness',
  'microsoftAuthenticatorPush',
  'deviceBasedPush',
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'email',
  'x509CertificateSingleFactor',
  'x509CertificateMultiFactor',
  'federatedSingleFactor',
  'federatedMultiFactor',
  'qrCodePin',
] as const

const phishingResistant = ['windowsHelloForBusiness', 'fido2', 'x509CertificateMultiFactor']
const passwordless = [...phishingResistant, 'deviceBasedPush']
const seconds = ['microsoftAuthenticatorPush', 'softwareOath', 'hardwareOath', 'sms', 'voice']
const multifactor = [
  ...passwordless,
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  ...seconds.map(second => `password,${second}`),
  'federatedMultiFactor',
  ...seconds.map(second => `${second},federatedSingleFactor`),
]

const idOf = (number: number): string => `00000000-0000-0000-0000-00000000000${number}`
/** The fixed ids of the strengths that every tenant has. */
export const strengthIds = { multifactor: idOf(2), passwordless: idOf(3), phishingResistant: idOf(4) } as const

const builtIn = (id: string, displayName: string, allowedCombinations: readonly string[]): Strength => ({
  id,
  createdDateTime: '2021-12-01T00:00:00Z',
  modifiedDateTime: '2021-12-01T00:00:00Z',
  displayName,
  description: null,
  policyType: 'builtIn',
  requirementsSatisfied: 'mfa',
  allowedCombinations,
})

/** The strengths that every tenant has, with the names of Graph's own examples. */
export const builtInStrengths: readonly Strength[] = [
  builtIn(strengthIds.multifactor, 'Multifactor authentication', multifactor),
  builtIn(strengthIds.passwordless, 'Passwordless MFA', passwordless),
  builtIn(strengthIds.phishingResistant, 'Phishing resistant MFA', phishingResistant),
]

/** A combination without blanks, its methods in Graph's order; undefined when a method does not exist. */
export function combinationFrom(text: string): string | undefined {
  const named = text.split(',').map(each => each.trim())
  const known = methodModes.filter(mode => named.includes(mode))
  return known.length === new Set(named).size ? known.join(',') : undefined
}

/** What combinations prove: 'mfa' only when each of them has two factors. */
export function requirementsOf(combinations: readonly string[]): Strength['requirementsSatisfied'] {
  const two = multifactor.map(combinationFrom)
  return combinations.every(each => two.includes(combinationFrom(each))) ? 'mfa' : 'none'
}

/** The methods that a sign-in's `amr` stands for. */
const modeOf: Record<string, string> = { pwd: 'password', otp: 'softwareOath', fido: 'fido2' }

/** Whether a sign-in with these methods (`amr`) is as strong as that. */
export function isMetBy({ allowedCombinations }: Pick<Strength, 'allowedCombinations'>, methods: readonly string[]) {
  const used = methods.map(method => modeOf[method])
  return allowedCombinations.some(combination => combination.split(',').every(mode => used.includes(mode.trim())))
}

/** Whether a sign-in with these methods (`amr`) had two factors. */
export const isMultifactor = (methods: readonly string[]): boolean =>
  isMetBy({ allowedCombinations: multifactor }, methods)
