/** A change that no test noticed: the line in which it stands, without its indent, the code that was changed, and the code that stood there instead. */
export type Survivor = { lineNumber: number; line: string; code: string; becomes: string }

/** A change that leaves what the code does as it is, so that no test can notice it. */
type Equivalent = Omit<Survivor, 'lineNumber'> & { file: string; why: string }

export const equivalents: readonly Equivalent[] = [
  {
    file: 'src/entra/claims.ts',
    line: "if (!claims) throw new Problem('sign-in-not-proven', { cause: new ClaimError(String(error.issues[0]?.path[0])) })",
    code: 'error.issues[0]?.path',
    becomes: 'error.issues[0].path',
    why: 'An error of zod has at least one issue.',
  },
  {
    file: 'src/entra/claims.ts',
    line: "if (claims.nbf !== undefined && claims.nbf > seconds + toleranceSeconds) return 'nbf'",
    code: 'claims.nbf !== undefined',
    becomes: 'true',
    why: 'A claim that is absent is not later than any instant.',
  },
]

/**
 * Whether a change leaves what the code does as it is: one of the list, or `...(until !== undefined && { until })` made
 * to hold always. A property that is undefined counts as absent: it is neither listed nor written as JSON.
 */
export const isEquivalent = (file: string, { line, code, becomes }: Survivor): boolean =>
  (becomes === 'true' && code.endsWith(' !== undefined') && line.includes(`...(${code} && {`)) ||
  equivalents.some(each => each.file === file && each.line === line && each.code === code && each.becomes === becomes)
