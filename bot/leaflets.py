"""The command line of the clerks, `motcua knowledge …`: check, look at, import, change and take back leaflets."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import getpass
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bot import preview
from bot.chat import CAPS
from bot.settings import Settings
from knowledge import sheets, tools
from knowledge.__main__ import main as check_knowledge
from knowledge.importer import DRAFTS, import_file
from knowledge.leaflet import nearest
from knowledge.loader import load
from knowledge.model import Aspect, Knowledge, Procedure
from knowledge.packed import Unreadable
from knowledge.portal import read_portal
from knowledge.publish import publish
from knowledge.versions import find, history, keep, previous, replace_file, text_of

Command = Callable[[argparse.Namespace, Settings], int]
CHANNELS = ("web", "telegram", "zalo_oa", "zalo_bot")
FIRST_ASPECTS = (Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME, Aspect.WHERE)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `knowledge` with its actions. Each sets `command`, a function of options and settings that returns the exit code."""
    actions = commands.add_parser("knowledge", help="the leaflets").add_subparsers(required=True, metavar="ACTION")
    _action(actions, "check", _check, "print every problem of every file")
    shown = _action(actions, "preview", _preview, "show a leaflet as a citizen sees it on each channel")
    shown.add_argument("code", help="the national code, such as 1.001193")
    shown.add_argument("--channel", choices=sorted(CAPS), action="append", help="only this channel; may be repeated")
    shown.add_argument("--all", action="store_true", help="every part of the leaflet, not only the first ones")
    new = _action(actions, "new", _new, "start a draft from a template")
    new.add_argument("code", help="the national code, such as 1.001193")
    new.add_argument("name", help="the leaflet's title")
    new.add_argument("--field", required=True, help="the field, such as Hộ tịch")
    _add_portal_actions(actions)
    _add_sheet_actions(actions)
    due = _action(actions, "stale", _stale, "list the leaflets to review")
    due.add_argument("--days", type=int, default=365, help="last checked over so many days ago (default 365)")
    _file(_action(actions, "history", _history, "list the former states of a file"))
    back = _file(_action(actions, "restore", _restore, "bring a former state of a file back"))
    back.add_argument("--version", type=int, help="its number in the history; by default the newest that differs")


def _add_portal_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    into = _action(actions, "import", _import, "make drafts of a portal file (JSON, DOCX, HTML), or take changes from a workbook (--xlsx)")
    into.add_argument("file", type=Path)
    into.add_argument("--xlsx", action="store_true", help="the file is a workbook of fees, times, dates and contacts")
    into.add_argument("--write", action="store_true", help="with --xlsx: write the listed changes")
    into.add_argument("--to", type=Path, help="the folder for the drafts (default: drafts in the content folder)")
    into.add_argument("--new", action="store_true", help="only procedures without a leaflet")
    into.add_argument("--code", action="append", help="only this code; may be repeated")
    _file(_action(actions, "publish", _publish, "put a checked draft into use"))
    diff = _action(actions, "diff", _diff, "list fees, times and papers that the portal now states otherwise")
    diff.add_argument("file", type=Path)


def _add_sheet_actions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    out = _action(actions, "export", _export, "write fees, times, dates and contacts as a workbook")
    out.add_argument("--xlsx", action="store_true", required=True, help="as an Excel workbook")
    out.add_argument("file", type=Path)


def _action(actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command, help_: str) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help_)
    parser.set_defaults(command=_telling(command))
    return parser


def _file(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("file", help="a file of the content folder, by its path or its bare name")
    return parser


def _telling(command: Command) -> Command:
    """The command with its refusals told in plain words."""

    def told(options: argparse.Namespace, settings: Settings) -> int:
        try:
            return command(options, settings)
        except (Unreadable, tools.WrongWords) as error:
            return _refused([error])
        except OSError as error:
            if not error.filename:
                raise
            return _refused([f"{error.filename}: không đọc hoặc ghi được ({error.strerror}). Hãy xem lại quyền của thư mục."])

    return told


def _refused(problems: Iterable[object]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _knowledge(settings: Settings) -> Knowledge:
    return load(settings.content, settings.clock().date())


def _check(options: argparse.Namespace, settings: Settings) -> int:
    return check_knowledge([str(settings.content)])


def _preview(options: argparse.Namespace, settings: Settings) -> int:
    knowledge = _knowledge(settings)
    procedure = knowledge.procedure(options.code) or _draft(knowledge, settings, options.code)
    served = [*(p for p in knowledge.procedures if p.code != procedure.code), dataclasses.replace(procedure, draft=False)]
    if procedure.draft:
        print(f"Bản nháp, người dân chưa thấy: {procedure.path}\n")
    aspects = tuple(Aspect) if options.all else FIRST_ASPECTS
    asyncio.run(
        preview.show(settings, dataclasses.replace(knowledge, procedures=tuple(served)), procedure.code, options.channel or CHANNELS, aspects)
    )
    return 0


def _draft(knowledge: Knowledge, settings: Settings, code: str) -> Procedure:
    drafts = {p.code: p for p in (*knowledge.drafts, *tools.drafts(settings.content))}
    if code in drafts:
        return drafts[code]
    near = nearest(code, (*(p.code for p in knowledge.procedures), *drafts))
    raise tools.WrongWords(f"không có tờ nào mang mã “{code}”." + (f" Ý bạn là “{near}”?" if near else ""))


def _new(options: argparse.Namespace, settings: Settings) -> int:
    path, text = tools.new(settings.content, options.code, options.name, options.field, settings.clock().date())
    replace_file(path, text)
    print(f"Đã tạo {path}. Hãy mở bằng Notepad và điền từng mục.")
    return 0


def _import(options: argparse.Namespace, settings: Settings) -> int:
    return _import_sheet(options, settings) if options.xlsx else _import_portal(options, settings)


def _import_portal(options: argparse.Namespace, settings: Settings) -> int:
    knowledge = _knowledge(settings)
    codes = {code: p for p in knowledge.procedures for code in (p.code, *p.former_codes)}
    remarks = {code: f"Mã này đang có tờ {p.path.name} ({p.code}). So với tờ ấy: motcua knowledge diff TỆP" for code, p in codes.items()}
    skip = {code: f"đã có tờ {p.path.name}" for code, p in codes.items()} if options.new else {}
    drafts = options.to or settings.content / DRAFTS
    done = import_file(options.file, drafts, settings.clock().date(), remarks, skip, options.code)
    for code, reason in done.skipped:
        print(f"{code}: bỏ qua, {reason}.")
    print(f"Đã tạo {len(done.written)} bản nháp trong {drafts}, bỏ qua {len(done.skipped)}, không đọc được {len(done.problems)}.")
    return _refused(done.problems) if done.problems else 0


def _publish(options: argparse.Namespace, settings: Settings) -> int:
    folder, now = settings.content, settings.clock()
    path = find(folder, options.file)
    target, text = tools.published_draft(folder, path, now.date())
    if problems := publish(folder, {target: text}, now, _who()):
        return _refused([*problems, "Chưa đưa vào dùng. Hãy sửa các dòng trên rồi làm lại."])
    if target != path:
        keep(folder, path, now, _who())
        path.unlink()
    print(f"Đã đưa vào dùng: {target}")
    return 0


def _diff(options: argparse.Namespace, settings: Settings) -> int:
    knowledge = _knowledge(settings)
    published, problems = read_portal(options.file)
    found = list(tools.compare(knowledge, published))
    for changed in found:
        print(changed)
    missing = tools.without_leaflet(knowledge, published)
    print(f"So {len(published) - len(missing)} thủ tục: {len(found)} chỗ khác. {len(missing)} thủ tục trong tệp chưa có tờ.")
    return _refused(problems) if problems else 0


def _export(options: argparse.Namespace, settings: Settings) -> int:
    count = sheets.export(_knowledge(settings), options.file)
    print(f"{count} dòng → {options.file}. Sửa xong thì: motcua knowledge import --xlsx {options.file}")
    return 0


def _import_sheet(options: argparse.Namespace, settings: Settings) -> int:
    changes = sheets.changes(_knowledge(settings), options.file)
    for difference in changes.differences:
        print(difference)
    if changes.problems:
        return _refused([*changes.problems, f"{len(changes.problems)} dòng sai. Chưa ghi gì."])
    if not changes.differences:
        print("Không có gì khác.")
        return 0
    if not options.write:
        print(f"{len(changes.differences)} chỗ khác. Chưa ghi gì; đúng ý thì chạy lại với --write.")
        return 0
    if problems := publish(settings.content, changes.texts, settings.clock(), _who()):
        return _refused([*problems, "Chưa ghi gì. Hãy sửa các dòng trên rồi làm lại."])
    print(f"Đã ghi {len(changes.differences)} chỗ vào {len(changes.texts)} tệp.")
    return 0


def _stale(options: argparse.Namespace, settings: Settings) -> int:
    knowledge = _knowledge(settings)
    due = tools.stale(knowledge, settings.clock().date(), options.days)
    for entry in due:
        print(entry)
    drafts = len(knowledge.drafts) + len(tools.drafts(settings.content))
    print(f"{len(due)} tờ cần xem lại, {drafts} bản nháp chờ kiểm tra.")
    return 0


def _history(options: argparse.Namespace, settings: Settings) -> int:
    path = find(settings.content, options.file)
    versions = history(settings.content, path)
    for number, version in enumerate(versions, 1):
        print(f"{number}. {version.when:%d/%m/%Y %H:%M}  {version.who or 'không rõ'}  {version.note or 'bản giữ lại'}")
    if not versions:
        print(f"{path}: chưa có bản cũ nào được giữ. Bản cũ được giữ từ lần thay đổi sau.")
    return 0


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    folder = settings.content
    path = find(folder, options.file)
    versions = history(folder, path)
    if options.version is not None and not 1 <= options.version <= len(versions):
        raise tools.WrongWords(f"{path.name}: không có bản số {options.version}. Hãy xem: motcua knowledge history {path.name}")
    version = versions[options.version - 1] if options.version else previous(folder, path)
    if version is None:
        raise tools.WrongWords(f"{path.name}: không có bản cũ nào khác bản đang dùng.")
    if problems := publish(folder, {path: text_of(folder, path, version)}, settings.clock(), _who()):
        return _refused([*problems, "Bản cũ không dùng được nữa vì các dòng trên. Chưa ghi gì."])
    print(f"Đã lấy lại {path} như lúc {version.when:%d/%m/%Y %H:%M}. Bản vừa thay đã được giữ.")
    return 0
