"""Does config.toml say what it means, and does it keep secrets to itself?"""

import os
from pathlib import Path

import pytest

from broadcaster.cli.config import load_config
from broadcaster.cli.run import youtube_address
from broadcaster.season.errors import SeasonError
from tests.plans import season_plan

SAMPLE = Path(__file__).parents[2] / "config.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str) -> str:
    with pytest.raises(SeasonError) as caught:
        load_config(written(folder, text))
    return str(caught.value)


def test_the_sample_loads_and_shows_the_usual_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    usual, sample = load_config(), load_config(SAMPLE)
    assert usual.journal == tmp_path / "state" / "journal.sqlite"
    assert (sample.obs.host, sample.obs.port) == (usual.obs.host, usual.obs.port)
    assert sample.youtube.stream_title == usual.youtube.stream_title
    assert sample.youtube.endpoint == usual.youtube.endpoint
    assert sample.youtube_secret().file == SAMPLE.parent / "state" / "youtube.token"
    assert (sample.api.host, sample.api.port) == (usual.api.host, usual.api.port)
    assert sample.channels["telegram"].kind == "telegram"


def test_the_file_in_the_working_folder_is_used_and_a_named_one_must_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, '[state]\ndir = "kept"')
    monkeypatch.chdir(tmp_path)
    assert load_config().journal == tmp_path / "kept" / "journal.sqlite"
    with pytest.raises(SeasonError, match="no such file"):
        load_config(tmp_path / "other.toml")


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, '[state]\ndir = "s"\n[obs]\npassword = { file = "obs.pw" }')
    config = load_config(path)
    assert config.state.dir == tmp_path / "s"
    assert config.obs.password is not None
    assert config.obs.password.file == tmp_path / "obs.pw"


def test_a_password_in_the_file_is_refused_without_being_shown(tmp_path: Path) -> None:
    for value in ('"hunter2"', '{ env = "hunter 2" }', '{ value = "hunter2" }', '["hunter2"]', "22222"):
        said = problems(tmp_path, f"[obs]\npassword = {value}")
        assert "hunter" not in said
        assert "22222" not in said
        assert "config.toml:2:" in said
    assert '{ env = "NAME" }' in problems(tmp_path, '[obs]\npassword = "hunter2"')


def test_every_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        '[obs]\nprot = 1\nport = 99999\n[api]\nhost = "studio one"\n[youtube]\nendpoint = "http://example.org"\n'
        'token = { env = "A" }\nbearer = { env = "B" }\n[channels.a]\nkind = "telegram"\nchat = "two words"\n'
        "token = {}\n",
    )
    assert "config.toml:2:1: error: [obs] has no key 'prot' (did you mean 'port'?)" in said
    assert "config.toml:3:8:" in said
    assert "config.toml:5:8: error: 'host': 'studio one' is no address to listen at" in said
    assert "config.toml:7:12:" in said
    assert "https://" in said
    assert "config.toml:12:8: error: 'chat': 'two words' names no chat" in said
    assert "config.toml:13:9: error: 'token': a secret has one place" in said


def test_one_channel_signs_in_one_way(tmp_path: Path) -> None:
    said = problems(tmp_path, '[youtube]\ntoken = { env = "A" }\nbearer = { env = "B" }')
    assert "not with both" in said


def test_braces_in_a_value_do_not_confuse_the_message(tmp_path: Path) -> None:
    assert "'{said}' is not an address" in problems(tmp_path, '[youtube]\nendpoint = "{said}"')


def test_a_variable_that_is_not_set_is_named_with_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config(written(tmp_path, '[obs]\npassword = { env = "OBS_TEST_PASSWORD" }'))
    assert config.obs.password is not None
    monkeypatch.delenv("OBS_TEST_PASSWORD", raising=False)
    with pytest.raises(SeasonError, match=r"config\.toml.*\[obs\] password: the variable OBS_TEST_PASSWORD is not set"):
        config.obs.password.reveal()
    monkeypatch.setenv("OBS_TEST_PASSWORD", "hunter2")
    assert config.obs.password.reveal().reveal() == "hunter2"
    assert "hunter2" not in repr(config)


def test_a_secret_file_is_read_without_its_line_end_and_missing_or_empty_ones_are_named(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[obs]\npassword = { file = "obs.pw" }'))
    assert config.obs.password is not None
    with pytest.raises(SeasonError, match=r"there is no file .*obs\.pw"):
        config.obs.password.reveal()
    secret = tmp_path / "obs.pw"
    secret.touch(mode=0o600)
    with pytest.raises(SeasonError, match=r"obs\.pw is empty"):
        config.obs.password.reveal()
    secret.write_text("hunter2\r\n")
    assert config.obs.password.reveal().reveal() == "hunter2"


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's; Windows keeps a user's files to the user")
def test_a_secret_file_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[obs]\npassword = { file = "obs.pw" }'))
    secret = tmp_path / "obs.pw"
    assert config.obs.password is not None
    secret.mkdir()
    with pytest.raises(SeasonError, match=r"obs\.pw is no file"):  # nobody is told to close a folder
        config.obs.password.reveal()
    secret.rmdir()
    secret.write_text("hunter2")
    secret.chmod(0o640)
    with pytest.raises(SeasonError, match="chmod 600") as caught:
        config.obs.password.reveal()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ('tls_cert = "c.pem"', "belong together"),
        ('public_url = "http://show.example.org"', "write https://"),
        ('public_url = "https://show.example.org/panel"', "has a path"),
        ('trusted_proxies = ["proxy.local"]', "'proxy.local' is no address"),
    ],
)
def test_how_the_panel_is_reached_is_checked(tmp_path: Path, said: str, what: str) -> None:
    assert what in problems(tmp_path, f"[api]\n{said}\n")


def test_a_program_on_this_machine_reaches_a_panel_that_listens_everywhere(tmp_path: Path) -> None:
    lines = 'host = "0.0.0.0"\ntls_cert = "c.pem"\ntls_key = "/k.pem"\npublic_url = "https://show.example.org/"\n'
    api = load_config(written(tmp_path, f"[api]\n{lines}")).api
    assert (api.url, api.public_url) == ("https://127.0.0.1:8787", "https://show.example.org")
    assert api.tls_cert == tmp_path / "c.pem"
    assert load_config(written(tmp_path, '[api]\nhost = "::"\n')).api.url == "http://[::1]:8787"


def test_the_token_of_the_api_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, ""))
    with pytest.raises(SeasonError, match="start 'broadcaster run' first"):
        config.api_token()
    made = config.api_token(make=True).reveal()
    assert len(made) > 30
    assert config.api_token().reveal() == config.api_token(make=True).reveal() == made
    if os.name == "posix":
        assert (tmp_path / "state" / "api.token").stat().st_mode & 0o777 == 0o600


def test_osc_is_off_until_it_is_said_who_may(tmp_path: Path) -> None:
    usual = load_config(written(tmp_path, "")).osc.settings()
    assert (usual.listen, usual.send_to, usual.is_director) == (None, (), False)
    text = '[osc]\nlisten = "0.0.0.0:9000"\nfrom = ["192.168.1.20"]\nsend_to = ["[::1]:9001"]\nrole = "director"\n'
    osc = load_config(written(tmp_path, text)).osc.settings()
    assert (osc.listen, osc.allowed) == (("0.0.0.0", 9000), frozenset({"192.168.1.20"}))
    assert (osc.send_to, osc.is_director) == ((("::1", 9001),), True)
    here = load_config(written(tmp_path, '[osc]\nlisten = "127.0.0.1:9000"')).osc.settings()
    assert here.allowed == {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('listen = "0.0.0.0:9000"', "everybody on the network could steer the show"),
        ('listen = "127.0.0.1"', "is no address with a port"),
        ('send_to = ["desk.local:9000"]', "is no address with a port"),
        ('send_to = ["127.0.0.1:99999"]', "is no address with a port"),
        ('from = ["desk.local"]', "'desk.local' is no address"),
        ('form = ["127.0.0.1"]', "from"),
        ('role = "admin"', "operator"),
    ],
)
def test_osc_that_cannot_be_is_refused(tmp_path: Path, line: str, said: str) -> None:
    assert said in problems(tmp_path, f"[osc]\n{line}\n")


@pytest.mark.parametrize("value", ["one\nhunter2", "hunter2\t"])
@pytest.mark.parametrize("table", ["[api]\ntoken", "[youtube]\nbearer"])
def test_a_token_that_no_header_can_carry_is_refused_before_it_is_sent(
    table: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", value)
    config = load_config(written(tmp_path, f'{table} = {{ env = "TEST_KEY" }}'))
    with pytest.raises(SeasonError, match="this is no token") as refused:
        _ = config.api_token() if "api" in table else youtube_address(season_plan(), config)
    assert "hunter2" not in str(refused.value)
