-- Single sign-on and provisioning after a review: what a change of the provider ends, and who counts
-- as the last owner.

-- Revoke the provisioning token of a connection, for the domain below; false where none works.
create function revoke_provisioning_token(provider uuid, at timestamptz) returns boolean
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    update provisioning_token set revoked_at = at, unshown = null
    where connection = provider and revoked_at is null;
    return found;
end
$$;
