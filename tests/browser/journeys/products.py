"""Owners add other products by license key, group companies, and allocate by a table."""

from app.database import fetch
from tests.browser.cast import Cast
from tests.browser.matrix import Journey

CONTRACT = "/contracts/D-1001"
FREE_KEY = "DEMO0-CONN8-FREE1-00001"


async def walk_license_key(cast: Cast) -> None:
    """Nothing typed, a used key, one that somebody else uses meanwhile, and done."""
    person, other = await cast.person("owner"), await cast.person("outsider")
    await person.visit(CONTRACT)
    await person.press("製品")
    await person.press("その他製品を追加")
    await cast.look(person)
    await person.press("追加")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("empty", person)
    await person.fill("ライセンスキー", "ｄｅｍｏ0 CONN8 USED1 00002")
    await person.press("追加")
    await person.sees_error("このライセンスキーは使用済みです")
    await person.finds("ライセンスキー", "ｄｅｍｏ0 CONN8 USED1 00002")
    await cast.reached("error", person)
    await person.fill("ライセンスキー", FREE_KEY)
    await person.press("追加")
    await person.sees(FREE_KEY)
    await cast.look(person)
    await other.visit("/contracts/D-2001/other-products/new")
    await other.fill("ライセンスキー", FREE_KEY)
    await other.press("追加")
    await other.press("決定")
    await other.sees_status(other.word("外部接続オプション"))
    await person.press("決定")
    await person.sees_error("このライセンスキーは使用済みです")
    await cast.reached("conflict", person)
    await fetch(
        "delete from entitlement where contract = (select id from contract where"
        " number = 'D-2001') and license_key = (select id from license_key where code = $1)",
        FREE_KEY,
    )
    await person.press("追加")
    await person.press("決定")
    await person.sees_status(person.word("外部接続オプション"))
    await cast.reached("done", person)
    await person.press("業務基盤プラットフォーム")
    await person.sees_heading("環境別の内訳")
    await person.sees("検証環境")
    await cast.look(person)


async def walk_group_companies(cast: Cast) -> None:
    """Search, choose, add; an environment names it meanwhile; removed in the end."""
    person = await cast.person("owner")
    await person.visit(CONTRACT)
    await person.press("グループ会社")
    await cast.reached("empty", person)
    await person.press("グループ会社を追加")
    await person.fill("会社名", "見本製作所")
    await person.press("検索")
    await person.sees("企業グループの会社をすべて表示")
    await cast.look(person)
    await person.fill("会社名", "さんぷる")
    await person.press("検索")
    await person.press("追加")
    await person.sees_error("グループ会社を選んでください。")
    await cast.reached("error", person)
    await person.fill("会社名", "ぶつりゅう")
    await person.press("検索")
    await person.sees("サンプル物流株式会社")
    await cast.look(person)
    await person.press("追加")
    await cast.look(person)
    await person.press("決定")
    await person.sees_status("サンプル物流株式会社")
    await cast.reached("done", person)
    await person.press("解除する", "サンプル物流株式会社")
    await fetch(
        "update environment e set group_company = g.id from group_company g"
        " where g.contract = e.contract and e.name = '検証環境'"
    )
    await person.press("決定")
    await person.sees("検証環境")
    await cast.reached("conflict", person)
    await fetch("update environment set group_company = null")
    await person.visit(f"{CONTRACT}/group-companies")
    await person.press("解除する", "サンプル物流株式会社")
    await person.press("決定")
    await person.sees_status("サンプル物流株式会社")


async def walk_allocation_sheet(cast: Cast) -> None:
    """Nothing changes, errors in lines, changed meanwhile, and done."""
    person = await cast.person("owner")
    await person.visit(f"{CONTRACT}/environments")
    await person.press("まとめて割り当て")
    await cast.look(person)
    await person.press("表の貼り付けまたはファイルで割り当て")
    await person.fill("表", "検証環境,PLATFORM,1")
    await person.press("内容を確認")
    await person.sees_error("変更がありません")
    await cast.reached("empty", person)
    await person.fill("表", "検証環境,PLATFORM,7\nない,NOTHING,x")
    await person.press("もう一度確認")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("error", person)
    file = cast.folder / "allocations.csv"
    file.write_bytes("検証環境,PLATFORM,3\r\n本番環境,WORKFLOW,290\r\n".encode("cp932"))
    await person.upload("またはファイル（ExcelまたはCSV）", file)
    await person.press("もう一度確認")
    await person.sees("すべての行を割り当てられます。まだ割り当てていません。")
    await cast.look(person)
    await person.press("割り当て")
    await cast.look(person)
    await fetch(
        "update allocation a set quantity = 2 from environment e"
        " where e.id = a.environment and e.name = '検証環境' and a.quantity = 1"
    )
    await person.press("決定")
    await person.sees_error("入力内容を確認してください")
    await cast.reached("conflict", person)
    await person.press("もう一度確認")
    await person.press("割り当て")
    await person.press("決定")
    await person.sees_status("2")
    await cast.reached("done", person)


LICENSE_KEY = Journey("add an other product by license key", walk_license_key)
GROUP_COMPANIES = Journey("group companies", walk_group_companies)
ALLOCATION_SHEET = Journey("allocate by table", walk_allocation_sheet)
