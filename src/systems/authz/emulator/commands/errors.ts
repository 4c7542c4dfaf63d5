import { type Answer, failure } from '../../../protocols/btp-cli/emulator/answers.ts';

/** Recording datasource_directory_user (until v2.97). */
export function noSuchUser(userName: string): Answer {
  return failure(404, `No such user: ${userName}`);
}

/** Recording datasource_directory_users.non_existing_idp. */
export function unknownOrigin(): Answer {
  return failure(404, "Could not get user names: didn't find idp");
}

/** Recording datasource_globalaccount_role_collection.role_collection_not_available: zone, name, zone. */
export function noSuchCollection(zone: string, name: string): Answer {
  return failure(404, `No entity found with values = [[${zone}, ${name}, ${zone}]]`);
}

/** Recording resource_directory_role_collection_assignment.user (until v2.97). */
export function collectionDoesNotExist(name: string): Answer {
  return failure(404, `Role collection '${name}' does not exist.`);
}

/** Recordings resource_*_api_credential.error_invalid_certificate. */
export function invalidCertificate(): Answer {
  return failure(400, 'The certificate is not valid PEM format.');
}

// assumed, all of the following: conflicts, read-only collections and unknown origins were never recorded.

export function originDoesNotExist(originKey: string): Answer {
  return failure(404, `Identity provider '${originKey}' does not exist.`);
}

export function groupsOfDefaultProvider(): Answer {
  return failure(400, 'Groups of the default identity provider cannot be mapped.');
}

export function alreadyExists(kind: string, name: string): Answer {
  return failure(409, `${kind} '${name}' already exists.`);
}

export function readOnlyCollection(name: string): Answer {
  return failure(400, `Role collection '${name}' is read-only.`);
}

export function notAssigned(name: string): Answer {
  return failure(404, `Role collection '${name}' is not assigned.`);
}

export function noSuchRole(name: string): Answer {
  return failure(404, `Role '${name}' does not exist.`);
}

export function noSuchCredential(name: string): Answer {
  return failure(404, `API credential '${name}' does not exist.`);
}

export function invalidParameter(name: string): Answer {
  return failure(400, `Parameter '${name}' is missing or invalid.`);
}

export function noSuchApplication(appId: string): Answer {
  return failure(404, `Application '${appId}' does not exist.`);
}
