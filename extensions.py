"""The Flask extensions, unbound. `app.create_app` binds them; nothing here has behavior of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from database import Base

db = SQLAlchemy(model_class=Base)
login_manager = LoginManager()
csrf = CSRFProtect()

# Flask-SQLAlchemy builds its model class at run time, where a type checker cannot follow.
if TYPE_CHECKING:

    class Model(Base):
        __abstract__ = True
else:
    Model = db.Model
