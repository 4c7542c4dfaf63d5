import { describe, expect, test } from 'vitest';
import { error, listOf, namesOf, start, startWithMember } from '../testing/cloud-controller.ts';
import { ADMIN, API, logInAt, ORIGIN, ROBOT } from '../testing/landscape.ts';

describe('a list', () => {
  test('has links with all parameters in alphabetical order', async () => {
    const { admin, org } = await start();
    const { pagination } = await listOf(admin, `/v3/roles?per_page=1&organization_guids=${org.guid}&include=user`);
    const link = (page: number) => ({
      href: `${API}/v3/roles?include=user&order_by=%2Bcreated_at&organization_guids=${org.guid}&page=${page}&per_page=1`,
    });
    expect(pagination).toEqual({
      total_results: 2,
      total_pages: 2,
      first: link(1),
      last: link(2),
      next: link(2),
      previous: null,
    });
  });

  test('follows its own links to the end', async () => {
    const { admin } = await start();
    const seen: string[] = [];
    for (let url: string | undefined = '/v3/roles?per_page=1'; url; ) {
      const { pagination, resources } = await listOf(admin, url);
      seen.push(...resources.map((row) => row.guid));
      url = (pagination.next as { href: string } | null)?.href;
    }
    expect(new Set(seen).size).toBe(3);
    expect(await listOf(admin, '/v3/roles?page=9')).toMatchObject({ pagination: { total_results: 3 }, resources: [] });
  });

  test('includes each user once', async () => {
    const { admin } = await startWithMember();
    const { resources, included } = await listOf(admin, '/v3/roles?include=user,organization,space');
    expect(resources).toHaveLength(4);
    expect(included?.users?.map((user) => [user.username, user.origin])).toEqual(
      expect.arrayContaining([
        [ADMIN, 'sap.ids'],
        [ROBOT, ORIGIN],
      ]),
    );
    expect(included?.users).toHaveLength(2);
    expect(included?.organizations).toMatchObject([{ name: 'acme-dev' }]);
    expect(included?.spaces).toMatchObject([{ name: 'app' }]);
  });

  test('finds users by name without case, and by origin', async () => {
    const { admin } = await startWithMember();
    const find = (query: string) => listOf(admin, `/v3/users?${query}`);
    expect((await find(`usernames=${ROBOT.toUpperCase()}&origins=${ORIGIN}`)).resources).toHaveLength(1);
    expect((await find(`usernames=${ROBOT}&origins=sap.ids`)).resources).toHaveLength(0);
    expect((await find('partial_usernames=robot')).resources).toHaveLength(1);
  });

  test('decodes each value of a filter once more, so that names may hold commas', async () => {
    const spaces = ['a,b', 'a'];
    const orgs = [{ name: 'x', subaccount: 'x', globalAccount: 'acme', landscape: 'eu10-004', spaces }];
    const { emulators } = await start({ cf: { orgs }, double: { subaccounts: ['x'] } });
    const root = await logInAt(emulators, 'root');
    expect(await namesOf(root, '/v3/spaces?names=a%252Cb')).toEqual(['a,b']);
    expect(await namesOf(root, '/v3/spaces?names=a%2Cb')).toEqual(['a']);
  });

  test('sorts by name', async () => {
    const { admin } = await start();
    expect(await namesOf(admin, '/v3/spaces?order_by=-name')).toEqual(['shared', 'app']);
    expect((await listOf(admin, '/v3/spaces?order_by=name')).pagination.first).toEqual({
      href: `${API}/v3/spaces?order_by=%2Bname&page=1&per_page=50`,
    });
  });

  test.each([
    ['/v3/organizations?page=0', 400, 'The query parameter is invalid: Page must be a positive integer'],
    ['/v3/spaces?per_page=5001', 400, 'The query parameter is invalid: Per page must be between 1 and 5000'],
    ['/v3/roles?per_page=0', 422, 'Per page must be a positive integer'],
    [
      '/v3/spaces?order_by=size',
      400,
      "The query parameter is invalid: Order by can only be: 'created_at', 'updated_at', 'name'",
    ],
    ['/v3/users?origins=uaa', 422, 'Origins filter cannot be provided without usernames or partial_usernames filter.'],
    [
      '/v3/roles?foo=1',
      422,
      "Unknown query parameter(s): 'foo'. Valid parameters are: 'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'organization_guids', 'space_guids', 'user_guids', 'types', 'include'",
    ],
  ])('refuses %s', async (path, status, detail) => {
    const { admin } = await start();
    const expected = status === 400 ? error(detail, 'CF-BadQueryParameter', 10005) : error(detail);
    expect(await admin.get(path)).toMatchObject({ status, body: expected });
  });
});
