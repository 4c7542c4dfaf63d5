import { badQuery, type ListRules, unprocessable } from '../../../protocols/cf-v3/emulator.ts';

// Which query each list understands (cloud_controller_ng, app/messages/*_list_message.rb).

export const ORG_QUERY: ListRules = {
  filters: ['names', 'label_selector'],
  orders: ['created_at', 'updated_at', 'name'],
  includes: [],
  refuse: badQuery,
};

export const SPACE_QUERY: ListRules = {
  filters: ['names', 'organization_guids', 'label_selector'],
  orders: ['created_at', 'updated_at', 'name'],
  includes: ['org', 'organization'],
  refuse: badQuery,
};

export const ROLE_QUERY: ListRules = {
  filters: ['types', 'organization_guids', 'space_guids', 'user_guids'],
  orders: ['created_at', 'updated_at'],
  includes: ['user', 'organization', 'space'],
  shownOrder: '+created_at',
  refuse: unprocessable,
};

export const USER_QUERY: ListRules = {
  filters: ['usernames', 'partial_usernames', 'origins', 'label_selector'],
  orders: ['created_at', 'updated_at'],
  includes: [],
  refuse: unprocessable,
};

/** Members of an org or space: the same filters, but refused like other lists. */
export const MEMBER_QUERY: ListRules = { ...USER_QUERY, refuse: badQuery };

export const QUOTA_QUERY: ListRules = {
  filters: ['names', 'organization_guids'],
  orders: ['created_at', 'updated_at'],
  includes: [],
  refuse: badQuery,
};
