//! The text formats of single programs, each with the texts that are almost one. `correct4horse` is a password only where the
//! format says that it is one.

use super::{assert_no_secret, assert_sign};

#[test]
fn keys_in_the_formats_of_single_programs() {
    for (sign, text) in [
        ("PuTTY format", "PuTTY-User-Key-File-3: ssh-ed25519\n"),
        ("age secret key", "# created: today\nAGE-SECRET-KEY-1QQQQ\n"),
        ("SSH2 format", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: mine\n"),
        ("SSH1 format", "SSH PRIVATE KEY FILE FORMAT 1.1\n"),
        ("Tor secret key", "== ed25519v1-secret: type0 ==\n"),
        ("minisign secret key", "untrusted comment: minisign encrypted secret key\nRWRT\n"),
        ("XML format", "<RSAKeyValue><Modulus>qq</Modulus><D>qq</D></RSAKeyValue>\n"),
        ("WireGuard configuration", "[Interface]\nPrivateKey = aaaa\n"),
    ] {
        assert_sign("notes", sign, &[text]);
    }
    assert_no_secret(
        "notes",
        &[
            "a file in PuTTY-User-Key-File-3: format\n",
            "---- BEGIN SSH2 PUBLIC KEY ----\nComment: mine\n",
            "the SSH PRIVATE KEY FILE FORMAT 1.1\n",
            "== ed25519v1-public: type0 ==\n",
            "untrusted comment: minisign public key\nRWRT\n",
            "a secret key has a comment\n",
            "<RSAKeyValue><Modulus>qq</Modulus></RSAKeyValue>\n",
            "<Key><D>qq</D></Key>\n",
            "[Interface]\nAddress = 10.0.0.1\n",
            "PrivateKey = aaaa\n",
        ],
    );
}

/// <https://curl.se/docs/http-cookies.html>: a comment, and lines of seven fields.
#[test]
fn cookies_of_netscape_have_a_header_and_seven_fields() {
    const FIELDS: &str = "example.org\tTRUE\t/\tFALSE\t0\tname\tvalue";
    for header in ["# Netscape HTTP Cookie File", "# HTTP Cookie File"] {
        assert_sign(
            "notes",
            "cookies in the format of Netscape",
            &[&format!("{header}\n\n{FIELDS}\n"), &format!("{header}\n#HttpOnly_{FIELDS}\n")],
        );
        assert_no_secret(
            "notes",
            &[
                &format!("{header}\n# It has no cookie.\n"),
                &format!("{header}\n# {FIELDS}\n"),
                &format!("{header}\n{}\n", FIELDS.rsplit_once('\t').unwrap().0),
                &format!("{header}\n{FIELDS}\tmore\n"),
            ],
        );
    }
    assert_no_secret("notes", &[&format!("{FIELDS}\n"), &format!("a\n# Netscape HTTP Cookie File\n{FIELDS}\n"), ""]);
}

#[test]
fn a_machine_of_netrc_has_a_login_and_a_password() {
    assert_sign(
        "notes",
        "a machine with login and password",
        &[
            "# mine\nmachine example.org login me password correct4horse\n",
            "machine example.org\n  login me\n  password correct4horse\n",
            "default login me password correct4horse",
            "machine example.org password correct4horse login me",
        ],
    );
    assert_no_secret(
        "notes",
        &[
            "a machine example.org login me password correct4horse\n",
            "machine example.org login me\n",
            "machine example.org login me password\n",
            "machine example.org password correct4horse\n",
            "machine example.org password correct4horse login\n",
            "machine example.org login me password ${PASSWORD}\n",
            "machine example.org login me password postgres\n",
        ],
    );
}

/// <https://www.postgresql.org/docs/current/libpq-pgpass.html>
#[test]
fn a_line_of_pgpass_has_five_fields() {
    assert_sign(
        "notes",
        "a list of databases with passwords",
        &[
            "db.example.org:5432:app:me:correct4horse",
            "# mine\n\n*:*:*:me:correct4horse\ndb:5432:app:me:correct4horse\n",
        ],
    );
    assert_no_secret(
        "notes",
        &[
            "# only a comment\n",
            "db:5432:app:correct4horse\n",
            "db:5432:app:me:more:correct4horse\n",
            "db:port:app:me:correct4horse\n",
            "db:54x2:app:me:correct4horse\n",
            "db::app:me:correct4horse\n",
            "db:5432:app:me:postgres\n",
            "db:5432:app:me:correct4horse\nand a sentence\n",
        ],
    );
}

#[test]
fn each_line_of_a_list_of_users_has_a_random_password() {
    assert_sign(
        "notes",
        "a list of users with passwords",
        &["me:qX7mTz41Lp", "# mine\n\nme:qX7mTz41Lp\na.b-c_d@example.org:Rk3vWz90Qb\n"],
    );
    assert_no_secret(
        "notes",
        &[
            "# only a comment\n",
            "me: qX7mTz41Lp\n",
            "the user:qX7mTz41Lp\n",
            "me:correct4horse\n",
            "qX7mTz41Lp\n",
            "me:qX7mTz41Lp\nand a sentence\n",
        ],
    );
}

/// <https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/>
#[test]
fn a_user_of_redis_has_a_password_after_a_sign() {
    assert_sign(
        "notes",
        "a user with a password",
        &["user me on >correct4horse ~* +@all\n", "a\nuser me >correct4horse"],
    );
    assert_no_secret(
        "notes",
        &[
            "user me on nopass ~* +@all\n",
            "user me on >postgres ~* +@all\n",
            "user me on correct4horse\n",
            "the user me on >correct4horse\n",
        ],
    );
}

/// <https://git-scm.com/docs/git-credential-store>
#[test]
fn each_line_of_a_list_of_logins_is_a_url() {
    assert_sign(
        "notes",
        "a list of URLs with passwords",
        &[
            "https://me:correct4horse@git.example.org",
            "\n  https://example.org\n\nhttp://me:correct4horse@git.example.org\n",
        ],
    );
    assert_no_secret(
        "notes",
        &[
            "\n",
            "https://example.org\n",
            "https://me@git.example.org\n",
            "https://me:${PASS}@git.example.org\n",
            "https://me:postgres@git.example.org\n",
            "ftp://me:correct4horse@git.example.org\n",
            "https://me:correct4horse@git.example.org and more\n",
            "httpd\nhttps://me:correct4horse@git.example.org\n",
            "some text\nhttps://me:correct4horse@git.example.org\n",
        ],
    );
}

/// `crypt(5)`: `name:$id$salt$hash`.
#[test]
fn a_hash_of_crypt_belongs_to_a_user() {
    for scheme in ["apr1$", "1$", "2a$", "2b$", "2y$", "5$", "6$", "7$", "y$", "argon2"] {
        assert_sign("notes", "the hash of a password", &[&format!("a\nme:${scheme}saltsaltsalt-hash-hash:x\n")]);
    }
    assert_sign("notes", "the hash of a password", &["a.b-c_d@e:$6$salt$hashhashhash5"]);
    assert_no_secret(
        "notes",
        &[
            "me:$6$salt$hashhashhas5\n",
            ":$6$saltsaltsalt-hash-hash\n",
            "the user:$6$saltsaltsalt-hash-hash\n",
            "me:$x$saltsaltsalt-hash-hash\n",
            "me:6$saltsaltsalt-hash-hash\n",
        ],
    );
}

/// <https://www.pgbouncer.org/config.html#authentication-file-format>
#[test]
fn a_user_of_pgbouncer_has_a_hash() {
    const HEX: &str = "9f86d081884c7d659a2feaa0c55ad015";
    assert_sign(
        "notes",
        "the hash of a password",
        &[&format!("a\n\"me\" \"md5{HEX}\" \n"), "\"me\" \"SCRAM-SHA-256$4096:salt$key:key\""],
    );
    assert_no_secret(
        "notes",
        &[
            &format!("\"me\" \"md5{}\"\n", &HEX[1..]),
            &format!("\"me\" \"md5{HEX}0\"\n"),
            &format!("\"me\" \"md5g{}\"\n", &HEX[1..]),
            &format!("\"me\" \"{HEX}\"\n"),
            &format!("me md5{HEX}\n"),
            "\"me\" \"plain\"\n",
        ],
    );
}
