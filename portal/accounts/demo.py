"""Demo accounts: one for each role, named after it, with the password demo- and the name."""

from portal.accounts.queries import find_staff
from portal.accounts.service import NewStaff, add_staff
from portal.core.roles import Role
from portal.core.web import Portal

NAMES = {
    Role.EDITOR: "撰稿员小宋",
    Role.REVIEWER: "审核员老何",
    Role.DISPATCHER: "分派员小陆",
    Role.GROUP: "专项组老赵",
    Role.UNIT: "承办员小吴",
    Role.SUPERVISOR: "督查员老钱",
    Role.ANALYST: "统计员小沈",
    Role.AUDITOR: "审计员老严",
    Role.ADMIN: "管理员小顾",
}
# Three reviews want three people, and two accounts more make the demo's workflow walkable to its end.
MORE = {
    "reviewer2": ("审核员老许", Role.REVIEWER),
    "reviewer3": ("审核员老周", Role.REVIEWER),
    "supervisor2": ("督查员老孙", Role.SUPERVISOR),
}


def demo_password(username: str) -> str:
    """The password of a demo account; a demo never starts on an address other than loopback without being told."""
    return f"demo-{username}"


def load_demo(portal: Portal) -> bool:
    """Open the accounts that are missing; False when all were there."""
    group = portal.city.groups[0] if portal.city.find_group("main_roads") is None else portal.city.group("main_roads")
    unit = group.lead_unit or (group.units[0] if group.units else None)
    wanted = {role.value: (name, role) for role, name in NAMES.items()} | MORE
    with portal.database.write() as db:
        missing = {username: entry for username, entry in wanted.items() if find_staff(db, username) is None}
        for username, (name, role) in missing.items():
            add_staff(
                db,
                NewStaff(
                    username=username,
                    display_name=name,
                    password=demo_password(username),
                    roles=frozenset({role}),
                    groups=frozenset({group.key}) if role is Role.GROUP else frozenset(),
                    unit=unit if role is Role.UNIT else None,
                ),
                by="demo",
            )
    return bool(missing)
