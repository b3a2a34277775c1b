/** What stands in the way when a password is written into a URL as it is. */
export const percentEncoding =
  'in a user name or password, what a URL needs for itself is percent-encoded: / is %2F, ? is %3F, # is %23, @ is %40 and % is %25'

/** Whether a user name or password ends too early: for a URL what is before the `@` is over at the first of / ? #. */
export const endsBeforeAt = (url: string): boolean => /^\w+:\/\/[^/?#]*[/?#].*@/s.test(url)
