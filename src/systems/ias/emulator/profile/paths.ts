import { PROFILE_PATH } from '../pages.ts';

export const PASSWORD_PATH = `${PROFILE_PATH}/password`;
export const TOTP_PATH = `${PROFILE_PATH}/totp`;
