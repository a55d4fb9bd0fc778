/** What a first policy may look like; its rules hold nobody to anything yet, but for the last. */
export const EXAMPLE = `# Who must hold which kind of credential. Nothing is enforced: Passlens tells who breaks it.
version: 1

# Named sets of tags, as your pages and your server send them with events.
groups:
  staff: [role=admin, role=support]

rules:
  - id: admins-device-bound
    title: Administrators hold device-bound credentials
    why: A synced passkey is as safe as the account it is synced by.
    who: [role=admin]
    kinds: [device_bound]
    minimum: 2

  - id: staff-verified
    title: Staff are verified at every sign-in
    who: [group:staff]
    user_verified: true

  - id: nobody-weak
    title: Nobody signs in with a model known to be broken
    who: everybody
    certification: { no_known_weakness: true }
`;
