/** A password policy of IAS; plain JSON. */
export interface PasswordPolicy {
  readonly uri: string;
  readonly name: string;
  /** Stars in the console: the order of strength is global (ias 67bece2). */
  readonly strength: number;
  readonly minLength: number;
  /** Of a-z, A-Z, 0-9 and others. */
  readonly characterGroups: number;
  readonly minAgeHours?: number;
  readonly maxAgeMonths?: number;
  readonly failedAttempts: number;
  /** Absent = until an administrator unlocks. */
  readonly lockHours?: number;
  readonly history: number;
  readonly unusedMonths?: number;
  /** What a password that is too old or unused too long demands. @default change when too old, reset when unused */
  readonly whenExceeded?: 'change' | 'reset';
}

/** Terms that may be no part of something, in whichever case. */
export interface ExcludeLists {
  readonly emails?: readonly string[];
  /** First and last names. */
  readonly names?: readonly string[];
  readonly passwords?: readonly string[];
}

/** User types that can be blocked or deleted; `external` and the others never are (ias 744b2d0). */
export const INACTIVITY_USER_TYPES = ['public', 'customer', 'partner', 'employee'] as const;

/** What becomes of users of a type who do not log on (ias 744b2d0). */
export interface InactivityPolicy {
  readonly userType: (typeof INACTIVITY_USER_TYPES)[number];
  /** 14 to 2000. */
  readonly blockAfterDays?: number;
  /** 14 to 2000, longer than the other. */
  readonly deleteAfterDays?: number;
  /** 2 to 30: days that a user who never logged on is spared. Absent = the option is off. */
  readonly graceDays?: number;
  /** Start of the deletion script, epoch milliseconds. */
  readonly deletionFrom: number;
}

/** Where a certificate names the user; one for all configurations of a tenant (ias 52c7dcb). */
export const CERTIFICATE_SOURCES = ['distinguished-name', 'san-other-name', 'san-email'] as const;

/** An entry of the Trusted Certificate Configuration (ias 52c7dcb). */
export interface TrustedCertificate {
  readonly name: string;
  /** PEM of the root. */
  readonly root: string;
  readonly source: (typeof CERTIFICATE_SOURCES)[number];
  /** `CN=${loginName|uid|mail},O=…`, `CN=${mail:one@user},O=…`; for a SAN `${loginName|uid|mail}`, for its e-mail `${mail}`. */
  readonly pattern: string;
}
