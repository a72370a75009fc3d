from collections import Counter
import tests.never.machine as m
from tests.never.test_model import *
C=Counter()
for n in ("allocate","amend","retire","_answer","download","give_back","let_the_files_expire","create","_compare"):
    pass
orig=m.Model.in_use
orig_issue=m.Model.issue
def issue(self,place):
    f=orig_issue(self,place); C["issued" if f else "notissued"]+=1; return f
m.Model.issue=issue
oa=m.Model.allocate
def al(self,p,w):
    r=oa(self,p,w); C["alloc",r]+=1
    C["held>alloc"]+=any(p.held(x)>p.allocated.get(x,0) for x in "AB"); return r
m.Model.allocate=al
oc=m.Machine.create
ob=m.make_pool
async def mp(*a):
    C["runs"]+=1; return await ob(*a)
m.make_pool=mp
def test_zz(portal):
    test_free_is_always_what_the_model_says(portal)
    print(C)
