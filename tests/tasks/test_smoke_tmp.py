from tests.factories import *
from tests.machines.application import *
import background
def test_it(database_url, instance_path, simulators):
    app = build_app(settings_for(database_url, instance_path, simulators.settings()))
    with app.app_context():
        team = create_team()
        connect_zoom(team.ben, simulators)
        i = schedule(team.ada, team.dina)
    print(background.make_runner(app).run_due())
    assert len(simulators.mails()) == 2
    close_app(app)
