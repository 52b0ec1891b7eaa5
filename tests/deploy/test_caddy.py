import subprocess

from tests.deploy.programs import DEPLOY, find


def test_caddy_accepts_the_file(tmp_path):
    caddy = find("caddy", "caddy")

    result = subprocess.run(
        [caddy, "validate", "--adapter=caddyfile", f"--config={DEPLOY / 'Caddyfile'}"],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    assert "Valid configuration" in result.stdout + result.stderr


def test_the_file_is_formatted_as_caddy_does_it():
    caddy = find("caddy", "caddy")

    result = subprocess.run([caddy, "fmt", DEPLOY / "Caddyfile"], capture_output=True, check=True)

    assert result.stdout == (DEPLOY / "Caddyfile").read_bytes()
