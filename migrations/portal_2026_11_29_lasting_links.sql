-- Anybody can have links to set a password mailed to a person; what makes way for them is what
-- expires next, never the link of a week that staff were given.
drop trigger password_reset_of_a_person on password_reset;
create trigger password_reset_of_a_person after insert on password_reset
    referencing new table as added for each statement
    execute function keep_quota('user', '20', '', '0',
        'sweep', 'expires_at', '', 'true');
