import type { Check, Hop } from '../../kernel/system.ts';
import { trustFindings } from './findings.ts';
import { type ObservedTrust, trustAddress } from './platform.ts';

/** Whether BTP accepts the users of the identity provider at all, and under which origin key. */
export const trustCheck: Check = {
  id: 'trust/platform',
  link: 'trust',
  async run(subject, ctx) {
    const { globalAccount } = ctx.manifest;
    const { originKey, host } = subject.identityProvider;
    const at = trustAddress(globalAccount, originKey);
    const hop = { check: 'trust/platform', title: `${globalAccount} trusts ${host}` };

    const unobserved = subject.unobserved(at);
    if (unobserved !== undefined) {
      return [
        {
          ...hop,
          status: 'unknown',
          evidence: [],
          because: unobserved,
          remedy: 'mend the connection, then run `locum doctor` again',
        },
      ];
    }
    const diff = subject.diff(at);
    if (diff?.action === 'blocked') {
      const { code, because, remedy } = diff.finding;
      return [{ ...hop, status: 'failed', evidence: [], because, remedy, code }];
    }
    const observed = subject.observed(at) as ObservedTrust | undefined;
    if (observed?.state !== 'there') {
      const because = `no platform trust has the origin key ${originKey}`;
      return [
        { ...hop, status: 'failed', evidence: [], because, remedy: 'locum apply', code: trustFindings.missing.code },
      ];
    }
    const { trust } = observed;
    const evidence = [
      'trust active',
      `origin key ${trust.originKey}`,
      `identity provider ${trust.host}`,
      trust.createsShadowUsers ? 'shadow users are created at logon' : 'shadow users are not created at logon',
    ];
    if (trust.cfOriginKey === undefined) {
      const unknown: Hop = {
        ...hop,
        status: 'warning',
        evidence,
        because: 'Cloud Foundry does not know this trust: it is older than the shared origin key',
        remedy: 'refresh the trust in the cockpit, or use another identity provider for Cloud Foundry',
        code: trustFindings.unknownToCf.code,
      };
      return [unknown];
    }
    return [{ ...hop, status: 'ok', evidence: [...evidence, `Cloud Foundry origin ${trust.cfOriginKey}`] }];
  },
};
